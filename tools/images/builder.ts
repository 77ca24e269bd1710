/** What builds images on this machine: docker, podman or buildah, whichever there is. */
import { CommandFailed, run, type Say } from '../../trainer/native/command.ts';

export interface Builder {
  readonly name: string;
  has(image: string): Promise<boolean>;
  pull(image: string): Promise<void>;
  /** Makes an image of one layer from a tar file. */
  importRoot(tar: string, image: string): Promise<void>;
  build(build: Build): Promise<void>;
  /** Of its layers, unpacked: `345 MB`. */
  sizeOf(image: string): Promise<string>;
  /** Writes it as an archive that containerd and docker can import. */
  save(image: string, archive: string): Promise<void>;
}

interface Build {
  readonly context: string;
  readonly containerfile: string;
  readonly target: string;
  readonly image: string;
  readonly arguments: Readonly<Record<string, string>>;
}

/** No image can be built here. */
class NoBuilder extends Error {
  override readonly name = 'NoBuilder';
}

const buildArguments = (values: Readonly<Record<string, string>>): readonly string[] =>
  Object.entries(values).flatMap(([name, value]) => ['--build-arg', `${name}=${value}`]);

/** @throws {NoBuilder} */
export async function findBuilder(say: Say): Promise<Builder> {
  const answers = (program: string, ...args: readonly string[]): Promise<boolean> =>
    run({ doing: program, program, args, say: () => {} }).then(
      () => true,
      () => false,
    );
  if (await answers('docker', 'info')) return dockerLike('docker', say); // the command alone is of no use
  if (await answers('podman', 'info')) return dockerLike('podman', say);
  if (await answers('buildah', 'version')) return buildah(say);
  throw new NoBuilder('images are built with docker, podman or buildah: install one, such as with apt-get install buildah');
}

function dockerLike(program: 'docker' | 'podman', say: Say): Builder {
  const call = (doing: string, ...args: readonly string[]): Promise<string> => run({ doing, program, args, say });
  return {
    name: program,
    has: (image) => succeeds(call(`looking for ${image}`, 'image', 'inspect', image)),
    pull: async (image) => void (await call(`pulling ${image}`, 'pull', image)),
    importRoot: async (tar, image) => void (await call(`importing ${image}`, 'import', tar, image)),
    async build({ context, containerfile, target, image, arguments: values }) {
      await call(
        `building ${image}`,
        'build',
        '--file',
        containerfile,
        '--target',
        target,
        '--tag',
        image,
        ...buildArguments(values),
        context,
      );
    },
    async sizeOf(image) {
      const bytes = await call(`measuring ${image}`, 'image', 'inspect', '--format', '{{.Size}}', image);
      return `${Math.round(Number(bytes) / 1e6)} MB`;
    },
    save: async (image, archive) => void (await call(`saving ${image}`, 'save', '--output', archive, image)),
  };
}

function buildah(say: Say): Builder {
  const call = (doing: string, ...args: readonly string[]): Promise<string> => run({ doing, program: 'buildah', args, say });
  return {
    name: 'buildah',
    has: (image) => succeeds(call(`looking for ${image}`, 'inspect', '--type', 'image', image)),
    pull: async (image) => void (await call(`pulling ${image}`, 'pull', image)),
    async importRoot(tar, image) {
      const container = (await call('making the base', 'from', 'scratch')).trim();
      await call('making the base', 'add', container, tar, '/');
      await call('making the base', 'commit', '--rm', container, image);
    },
    async build({ context, containerfile, target, image, arguments: values }) {
      const options = ['--layers', '--isolation', 'chroot', '--pull-never', '--file', containerfile, '--target', target, '--tag', image];
      await call(`building ${image}`, 'build', ...options, ...buildArguments(values), context);
    },
    sizeOf: async (image) => JSON.parse(await call(`measuring ${image}`, 'images', '--json', image))[0].size as string,
    save: async (image, archive) =>
      void (await call(`saving ${image}`, 'push', '--disable-compression', image, `docker-archive:${archive}:${image}`)),
  };
}

const succeeds = (call: Promise<string>): Promise<boolean> =>
  call.then(
    () => true,
    (error: unknown) => {
      if (error instanceof CommandFailed) return false;
      throw error;
    },
  );
