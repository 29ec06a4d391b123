import { FlagsError, helpText, parseFlags } from '../../../examples/demo/flags.js';

const messageOf = (...args: string[]): string => {
  try {
    parseFlags(args);
  } catch (error) {
    expect(error).toBeInstanceOf(FlagsError);
    return (error as Error).message;
  }
  throw new Error('nothing was thrown');
};

describe('the flags', () => {
  it('have defaults', () => {
    expect(parseFlags([])).toEqual({
      help: false,
      once: false,
      loop: false,
      replay: undefined,
      counts: undefined,
      seed: 20_240_229,
      agents: 6,
      rate: 8,
      port: 9464,
      linger: 0,
    });
  });

  it('are read in both spellings', () => {
    expect(parseFlags(['--once', '--seed', '5', '--port=0', '--counts', 'out.json'])).toMatchObject({
      once: true,
      seed: 5,
      port: 0,
      counts: 'out.json',
    });
  });

  it('run faster where the end is near, unless a rate is given', () => {
    expect(parseFlags(['--once']).rate).toBe(40);
    expect(parseFlags(['--replay', 'f']).rate).toBe(15);
    expect(parseFlags(['--once', '--rate', '0.5']).rate).toBe(0.5);
    expect(parseFlags(['--rate', '0']).rate).toBe(0);
  });

  it.each([
    [['--turbo'], '--turbo is not a flag'],
    [['-x'], '-x is not a flag'],
    [['--constructor'], '--constructor is not a flag'],
    [['file.jsonl'], '"file.jsonl" is not expected: there are only flags'],
    [['--seed'], '--seed needs a value: --seed N'],
    [['--replay', '--once'], '--replay needs a value: --replay FILE'],
    [['--replay='], '--replay must name a file'],
    [['--once=yes'], '--once takes no value'],
    [['--seed', '1.5'], '--seed must be a whole number from 0 to 4294967295, not "1.5"'],
    [['--agents', '0'], '--agents must be a whole number from 1 to 100, not "0"'],
    [['--port', '65536'], '--port must be a whole number from 0 to 65535, not "65536"'],
    [['--rate='], '--rate must be a number from 0 to 10000, not ""'],
    [['--rate=-1'], '--rate must be a number from 0 to 10000, not "-1"'],
    [['--loop'], '--loop needs --replay FILE'],
    [['--loop', '--once', '--replay', 'f'], '--loop and --once contradict each other'],
  ])('%j is refused', (args, problem) => {
    expect(messageOf(...args).split('\n')).toContain(problem);
  });

  it('are all judged at once', () => {
    const message = messageOf('--turbo', '--seed', 'x', '--port', '-1', 'stray');
    expect(message.split('\n')).toHaveLength(5);
    expect(message).toContain('--help');
  });

  it('are all in the help', () => {
    const help = helpText();
    for (const name of Object.keys(parseFlags([]))) expect(help).toContain(`--${name}`);
  });
});
