/** Where Temporal is. */
export interface TemporalAddress {
  /** `host:port` */
  readonly address: string;
  readonly namespace: string;
}

/** Where workflows and activities wait for a worker. */
export const taskQueue = 'permafrost';
