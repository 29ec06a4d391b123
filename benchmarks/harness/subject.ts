/** Named numbers of one measurement. */
export type Sample = Readonly<Record<string, number>>;

/** One thing that is measured, in a process of its own. */
export interface Subject {
  /** Runs until the code is compiled and the state is the steady one. */
  warmUp(): Promise<void>;
  /** Measures once; called again and again, in turns with the other subjects of the suite. */
  round(): Promise<Sample>;
  /** Throws when the work was not done; gives what is measured once. */
  finish(): Promise<Sample>;
}

export interface SubjectDeclaration {
  readonly id: string;
  /** As it is called in the report, in Markdown. */
  readonly label: string;
  /** The case, where the suite has several with the same subjects. */
  readonly group?: string;
  /** Ids of the subjects that do the same work in another way, or without what this one adds. */
  readonly comparedWith?: readonly string[];
  /** Called in the subject's own process. */
  open(budget: Budget): Subject | Promise<Subject>;
}

/** How a suite is shown: beside peers that do the same work, as what it adds to a baseline, or in a table of its own. */
export type SuiteTable =
  | 'peers'
  | 'baseline'
  | 'delivery'
  | 'queued-span'
  | 'push'
  | 'scrape'
  | 'page'
  | 'memory'
  | 'growth'
  | 'overflow'
  | 'churn'
  | 'start-up';

export interface Suite {
  readonly name: string;
  readonly title: string;
  /** What is done, in Markdown. */
  readonly about: string;
  readonly table: SuiteTable;
  readonly subjects: readonly SubjectDeclaration[];
  /** How often it is measured; by default as the budget says. */
  repeat?(budget: Budget): Repeat;
  /** Seconds of one subject's life, where it does not follow from the budget. */
  secondsPerSubject?(budget: Budget): number;
}

export interface Repeat {
  /** Fresh processes of each subject, one after the other: each compiles anew. */
  readonly processes: number;
  /** Rounds in each process. */
  readonly rounds: number;
}

/** How long a run may take. */
export interface Budget extends Repeat {
  readonly name: 'full' | 'quick';
  readonly warmUpMillis: number;
  readonly roundMillis: number;
}

export const BUDGETS: Readonly<Record<Budget['name'], Budget>> = {
  full: { name: 'full', processes: 5, rounds: 3, warmUpMillis: 250, roundMillis: 80 },
  quick: { name: 'quick', processes: 1, rounds: 5, warmUpMillis: 150, roundMillis: 40 },
};

/** For suites of many subjects: more rounds of fewer processes, as it is the processes that take long to start. */
export function fewProcesses({ processes }: Budget): Repeat {
  return { processes: Math.min(processes, 2), rounds: 5 };
}
