// What a PromQL expression asks of its series, by the parser that Prometheus' own pages use.
import { parser } from '@prometheus-io/lezer-promql';

type SyntaxNode = ReturnType<typeof parser.parse>['topNode'];

export interface Matcher {
  readonly label: string;
  readonly operator: string;
  readonly value: string;
}

export interface Selector {
  readonly name: string;
  /** Where a regular expression says the name. */
  readonly names?: RegExp;
  readonly matchers: readonly Matcher[];
  /** The function around its range, as `rate`; undefined for an instant selector. */
  readonly rangeFunction: string | undefined;
}

/** Labels that a part of the expression groups or joins by, and the selectors in that part. */
export interface Grouping {
  readonly labels: readonly string[];
  readonly selectors: readonly Selector[];
}

/** The argument of `histogram_quantile`. */
export interface Quantile {
  /** Those whose samples are in it. */
  readonly selectors: readonly Selector[];
  /** Of the aggregation next to it; undefined when there is none, so that every label stays. */
  readonly groupedBy: readonly string[] | undefined;
}

/** What is read in one go: by `[30d]` or `[30d:1h]`, as `30d`. */
export interface Range {
  readonly window: string;
  readonly selectors: readonly Selector[];
}

export interface Parsed {
  readonly selectors: readonly Selector[];
  readonly groupings: readonly Grouping[];
  readonly quantiles: readonly Quantile[];
  readonly ranges: readonly Range[];
  /** Labels that label_replace or label_join make. */
  readonly made: readonly string[];
}

/** @throws Error with the place of the fault, when it is no PromQL. */
export function parsePromql(text: string): Parsed {
  const tree = parser.parse(text);
  const all: SyntaxNode[] = [];
  tree.iterate({
    enter: ({ node, type }) => {
      if (type.isError)
        throw new Error(`no PromQL at ${node.from}: ${text.slice(0, node.from)}⚠${text.slice(node.from)}`);
      all.push(node);
    },
  });
  const of = (name: string): SyntaxNode[] => all.filter((node) => node.name === name);
  const slice = ({ from, to }: SyntaxNode): string => text.slice(from, to);
  const selectorsIn = (node: SyntaxNode): Selector[] =>
    within(node, 'VectorSelector').map((selector) => selectorOf(selector, slice));
  const labelsIn = (node: SyntaxNode): string[] => within(node, 'LabelName').map(slice);

  return {
    selectors: of('VectorSelector').map((selector) => selectorOf(selector, slice)),
    groupings: [
      ...of('AggregateModifier').map((node) => ({
        labels: labelsIn(node),
        selectors: selectorsIn(node.parent!),
      })),
      ...of('MatchingModifierClause').map((node) => ({
        labels: labelsIn(node),
        selectors: selectorsIn(node.parent!),
      })),
    ],
    quantiles: of('FunctionCall')
      .filter((call) => slice(call.firstChild!) === 'histogram_quantile')
      .map((call) => {
        const body = call.getChild('FunctionCallBody')!;
        const [aggregation] = within(body, 'AggregateExpr');
        const modifier = aggregation?.getChild('AggregateModifier');
        return {
          selectors: within(body, 'VectorSelector')
            .filter((selector) => gives(selector, body))
            .map((selector) => selectorOf(selector, slice)),
          groupedBy: aggregation === undefined ? undefined : modifier ? labelsIn(modifier) : [],
        };
      }),
    ranges: [...of('MatrixSelector'), ...of('SubqueryExpr')].map((node) => ({
      window: slice(node.getChild('DurationExpr')!),
      selectors: selectorsIn(node),
    })),
    made: of('FunctionCall')
      .filter((call) => ['label_replace', 'label_join'].includes(slice(call.firstChild!)))
      .map((call) => unquoted(slice(call.getChild('FunctionCallBody')!.getChildren('StringLiteral')[0]!))),
  };
}

function selectorOf(node: SyntaxNode, slice: (node: SyntaxNode) => string): Selector {
  const matchers = within(node, 'UnquotedLabelMatcher').map((matcher) => ({
    label: slice(matcher.getChild('LabelName')!),
    operator: slice(matcher.getChild('MatchOp')!),
    value: unquoted(slice(matcher.getChild('StringLiteral')!)),
  }));
  const identifier = node.getChild('Identifier');
  const named = matchers.find(({ label, operator }) => label === '__name__' && operator === '=');
  const among = matchers.find(({ label, operator }) => label === '__name__' && operator === '=~');
  return {
    name: identifier ? slice(identifier) : (named?.value ?? ''),
    ...(among && { names: new RegExp(`^(?:${among.value})$`) }),
    matchers: matchers.filter(({ label }) => label !== '__name__'),
    rangeFunction: rangeFunctionOf(node, slice),
  };
}

function rangeFunctionOf(node: SyntaxNode, slice: (node: SyntaxNode) => string): string | undefined {
  let inRange = false;
  for (let around = node.parent; around !== null; around = around.parent) {
    if (around.name === 'MatrixSelector') inRange = true;
    else if (around.name === 'FunctionCall' && inRange) return slice(around.firstChild!);
  }
  return undefined;
}

/** Whether samples of the selector can come out of `whole`: the right side of `unless` and `and` only takes others away. */
function gives(selector: SyntaxNode, whole: SyntaxNode): boolean {
  for (let node = selector; node.parent !== null && node.from >= whole.from; node = node.parent) {
    const { parent } = node;
    const takesAway = parent.getChild('Unless') ?? parent.getChild('And');
    if (parent.name === 'BinaryExpr' && takesAway !== null && node.from > takesAway.from) return false;
  }
  return true;
}

function within(node: SyntaxNode, name: string): SyntaxNode[] {
  const found: SyntaxNode[] = [];
  node.cursor().iterate((child) => {
    if (child.name === name) found.push(child.node);
  });
  return found;
}

const unquoted = (literal: string): string =>
  literal.startsWith('`')
    ? literal.slice(1, -1)
    : (JSON.parse(`"${literal.slice(1, -1).replace(/\\(?!["\\nt])/g, '\\\\')}"`) as string);
