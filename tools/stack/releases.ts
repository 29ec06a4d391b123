// The release of each program of the stack: of its image in docker-compose.yml, and of what the native stack builds and
// tests run. They are one, unless it is said here why they cannot be.

export interface Release {
  /** As in the tag of the image, without the v. */
  readonly image: string;
  /** As tools/native-stack builds it; absent where it does not. */
  readonly native?: string;
  /** Why the native one is another, or there is none. */
  readonly because?: string;
}

const same = <T extends string>(release: T) => ({ image: release, native: release }) as const;

export const RELEASES = {
  collector: same('0.158.0'),
  prometheus: same('3.16.0'),
  'victoria-logs': same('1.52.1'),
  alertmanager: {
    image: '0.34.0',
    native: '0.31.1',
    because:
      'later releases leave generated files of their pages out of the Go module: their server does not build from it',
  },
  jaeger: {
    image: '2.20.0',
    native: '2.13.0',
    because: 'later releases have no version number that Go takes for their module',
  },
  grafana: { image: '13.2.1', because: 'its front end is in no registry that Go can build from' },
  node: { image: '24.21.0', because: 'the native stack takes the Node.js that starts it' },
  busybox: { image: '1.37.0', because: 'nothing of the native stack needs a volume to be given away' },
} as const satisfies Readonly<Record<string, Release>>;
