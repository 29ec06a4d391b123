import {
  GovernedRequest,
  GovernedRequests,
  type RequestPhase,
} from '../../src/governance/core/governed-request.js';

const PHASES: readonly RequestPhase[] = ['opened', 'begun', 'answered', 'ended'];

const requestIn = (phase: RequestPhase): GovernedRequest => {
  const request = new GovernedRequest('a', 0, undefined);
  if (phase !== 'opened') request.moveTo(phase);
  return request;
};

// Rows: the phase a request is in. Columns: the phase it is moved to. Cells: the phase it is in then.
const TRANSITIONS: Readonly<Record<RequestPhase, readonly RequestPhase[]>> = {
  /*            opened      begun       answered    ended */
  opened: ['opened', 'begun', 'answered', 'ended'],
  begun: ['begun', 'begun', 'answered', 'ended'],
  answered: ['answered', 'answered', 'answered', 'ended'],
  ended: ['ended', 'ended', 'ended', 'ended'],
};
const CASES = PHASES.flatMap((from) =>
  PHASES.map((to, column) => [from, to, TRANSITIONS[from][column] as RequestPhase] as const),
);

test.each(CASES)('a request that is %s and is moved to %s is then %s', (from, to, then) => {
  const request = requestIn(from);
  expect(request.moveTo(to)).toBe(then !== from);
  expect(request.phase).toBe(then);
});

test.each([
  ['opened', true],
  ['begun', true],
  ['answered', false],
  ['ended', false],
] as const)('code that runs within a request that is %s belongs to it: %p', (phase, belongs) => {
  const requests = new GovernedRequests();
  const request = requestIn(phase);
  const seen = requests.within(request, () => requests.current());
  expect(seen).toBe(belongs ? request : undefined);
  expect(requests.current()).toBeUndefined();
});

test('a request within another is the current one until it returns', () => {
  const requests = new GovernedRequests();
  const [outer, inner] = [requestIn('opened'), requestIn('opened')];
  requests.within(outer, () => {
    requests.within(inner, () => expect(requests.current()).toBe(inner));
    expect(requests.current()).toBe(outer);
  });
});

test('a request whose code throws rethrows it and is no longer the current one', () => {
  const requests = new GovernedRequests();
  const boom = new Error('boom');
  const run = () =>
    requests.within(requestIn('opened'), () => {
      throw boom;
    });
  expect(run).toThrow(boom);
  expect(requests.current()).toBeUndefined();
});
