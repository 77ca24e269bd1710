import { defineSearchAttributeKey } from '@temporalio/common';

/** What the Temporal UI can filter and sort by. `permafrost up` and the chart register them under these names. */
export const sweepName = defineSearchAttributeKey('SweepName', 'KEYWORD');
export const studyName = defineSearchAttributeKey('StudyName', 'KEYWORD');
export const sweepId = defineSearchAttributeKey('SweepId', 'KEYWORD');
export const trialState = defineSearchAttributeKey('TrialState', 'KEYWORD');
export const trialNumber = defineSearchAttributeKey('TrialNumber', 'INT');
export const trialRung = defineSearchAttributeKey('TrialRung', 'INT');
export const objectiveValue = defineSearchAttributeKey('ObjectiveValue', 'DOUBLE');

export const searchAttributes = [sweepName, studyName, sweepId, trialState, trialNumber, trialRung, objectiveValue];

/** Set by Temporal on what a schedule starts: when it was due. */
export const scheduledStartTime = defineSearchAttributeKey('TemporalScheduledStartTime', 'DATETIME');
