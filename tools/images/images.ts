import { createHash } from 'node:crypto';
import { existsSync, readdirSync, renameSync, rmSync } from 'node:fs';
import path from 'node:path';
import type { Say } from '../../trainer/native/command.ts';
import type { Kind } from '../../trainer/native/install.ts';
import { ensureBase, nodeImage } from './base.ts';
import { findBuilder } from './builder.ts';
import { containerfile, type Target, writeContext } from './context.ts';

export interface ImageOptions {
  readonly target: Target;
  /** libtensorflow's build in the trainer's image. */
  readonly kind: Kind;
  /** Any image with glibc; by default Node's own, or a Debian made here. */
  readonly base?: string | undefined;
  readonly cacheFolder: string;
  readonly say: Say;
}

export interface Image {
  /** With the digest of all that went into it as its tag. */
  readonly name: string;
  /** Of its layers, unpacked: `345 MB`. */
  readonly size: string;
  /** Writes it to a file, once. @returns the file */
  save(): Promise<string>;
}

/** Builds it unless one of the same content is there. @throws {NoBuilder | CommandFailed} */
export async function buildImage({ target, kind, base: wanted, cacheFolder, say }: ImageOptions): Promise<Image> {
  const builder = await findBuilder(say);
  const base = await ensureBase(builder, wanted ?? (target === 'trainer' && kind === 'gpu' ? cudaImage : undefined), cacheFolder, say);
  const context = path.join(cacheFolder, 'images', 'context');
  const content = await writeContext({ context, target, kind, withNode: base !== nodeImage, cacheFolder, say });
  const digest = createHash('sha256').update(base).update(content).digest('hex').slice(0, 12);
  const repository = target === 'trainer' && kind === 'gpu' ? 'trainer-gpu' : target;
  const name = `localhost/permafrost/${repository}:${digest}`;
  if (!(await builder.has(name))) {
    say(`building ${name} with ${builder.name} on ${base}`);
    await builder.build({ context, containerfile, target, image: name, arguments: { BASE: base, DEVICE: kind } });
  }
  return {
    name,
    size: await builder.sizeOf(name),
    async save() {
      const [folder, earlier] = [path.join(cacheFolder, 'images'), new RegExp(`^${repository}-[0-9a-f]+\\.tar$`)];
      const archive = path.join(folder, `${repository}-${digest}.tar`);
      if (existsSync(archive)) return archive;
      for (const file of readdirSync(folder).filter((file) => earlier.test(file))) rmSync(path.join(folder, file)); // a gigabyte each
      await builder.save(name, `${archive}.${process.pid}`);
      renameSync(`${archive}.${process.pid}`, archive);
      return archive;
    },
  };
}

/** Has the CUDA libraries that the GPU build of libtensorflow loads. */
const cudaImage = 'docker.io/nvidia/cuda:12.6.3-cudnn-runtime-ubuntu22.04';
