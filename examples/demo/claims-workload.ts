import { Random } from './random.js';
import { kindOf, type ActionKind, type ToolCall } from './tool-call.js';

/**
 * A made-up insurance claims desk. Agents work through tasks call by call: they look up the customer and the claim,
 * think, change little, and hand over what they cannot settle. The proportions are those of recorded customer-service
 * agents: about 6 calls a task, 60 % lookups, 16 % thinking, 20 % changes of which a quarter fail, 4 % hand-overs.
 */
export interface ClaimsWorkloadOptions {
  readonly seed: number;
  /** How many agents work side by side. */
  readonly agents: number;
}

interface Step {
  readonly action: string;
  readonly outcome: 'ok' | 'error';
}

const DOMAIN = 'claims';
const MODELS = ['sim-large', 'sim-small'] as const;
const LOOKUPS = {
  get_claim: 50,
  search_claims: 15,
  get_contract: 14,
  search_repair_shops: 14,
  list_coverages: 7,
};
const THOUGHTS = { think: 52, calculate: 48 };
const CHANGES = {
  update_claim_documents: 27,
  open_claim: 25,
  update_claim_amount: 22,
  close_claim: 13,
  approve_payout: 8,
  cancel_contract: 5,
};
/** How many changes a task makes, by how often. */
const CHANGES_PER_TASK = { 0: 29, 1: 26, 2: 17, 3: 9, 4: 4, 5: 4 };
/** Share of calls that fail at the tool; lookups and thoughts do not. */
const FAILURES: Readonly<Record<string, number>> = {
  update_claim_amount: 0.45,
  open_claim: 0.38,
  update_claim_documents: 0.33,
  close_claim: 0.1,
};
const ARGUMENT_BYTES: Readonly<Record<ActionKind, readonly [number, number]>> = {
  lookup: [2, 60],
  thought: [22, 360],
  change: [30, 460],
  handover: [130, 350],
};
const BYTES_OF_A_TOKEN = 4;
/** The first of the tasks in which an agent keeps asking for what policy forbids, and how many tasks lie between two. */
const STUBBORN_FIRST = 5;
const STUBBORN_EVERY = 120;

/** The desk's calls, without end: the same options give the same calls in the same order. */
export function* claimsWorkload({ seed, agents }: ClaimsWorkloadOptions): Generator<ToolCall> {
  const random = Random.of(seed, 'claims');
  const desks = Array.from({ length: agents }, (_, index) => ({
    agentId: `claims-agent-${index + 1}`,
    model: MODELS[index % MODELS.length]!,
    task: 0,
    step: 0,
    steps: [] as readonly Step[],
  }));
  let tasks = 0;
  for (;;) {
    const desk = desks[random.integer(0, agents - 1)]!;
    if (desk.step >= desk.steps.length) {
      desk.task = tasks;
      desk.step = 0;
      desk.steps = tasks % STUBBORN_EVERY === STUBBORN_FIRST ? stubbornTask(random) : task(random);
      tasks += 1;
    }
    const { action, outcome } = desk.steps[desk.step]!;
    const argumentBytes = random.integer(...ARGUMENT_BYTES[kindOf(action)]);
    yield {
      agentId: desk.agentId,
      trajectory: `claims-${desk.task}`,
      step: desk.step,
      lastOfTask: desk.step === desk.steps.length - 1,
      lastOfAgent: false,
      domain: DOMAIN,
      model: desk.model,
      tokens: { input: 700 + 180 * desk.step, output: 20 + Math.ceil(argumentBytes / BYTES_OF_A_TOKEN) },
      action,
      argumentBytes,
      outcome,
    };
    desk.step += 1;
  }
}

function task(random: Random): Step[] {
  const steps = [random.chance(0.9) ? 'get_policyholder' : 'get_claim'];
  if (random.chance(0.09)) return steps.map(succeeding);
  const changes = Number(random.pick(CHANGES_PER_TASK));
  for (let lookups = 1 + random.streak(0.62); lookups > 0; lookups -= 1) steps.push(random.pick(LOOKUPS));
  if (random.chance(0.45)) steps.push(random.pick(THOUGHTS));
  for (let change = 0; change < changes; change += 1) {
    for (let thoughts = random.streak(0.35); thoughts > 0; thoughts -= 1) steps.push(random.pick(THOUGHTS));
    if (random.chance(0.3)) steps.push('get_claim');
    steps.push(random.pick(CHANGES));
  }
  if (random.chance(changes === 0 ? 0.55 : 0.12)) steps.push('transfer_to_adjuster');
  return steps.map((action) => ({
    action,
    outcome: random.chance(FAILURES[action] ?? 0) ? 'error' : 'ok',
  }));
}

function stubbornTask(random: Random): Step[] {
  const steps = ['get_policyholder', 'get_claim'];
  for (let attempt = 0; attempt < 4; attempt += 1) {
    steps.push('export_customer_file');
    if (random.chance(0.5)) steps.push('think');
  }
  return [...steps, 'transfer_to_adjuster'].map(succeeding);
}

const succeeding = (action: string): Step => ({ action, outcome: 'ok' });
