import { binary, number, sum, type Expression } from '../../../prometheus/src/promql/index.js';
import { measured } from './scope.js';

/**
 * 0 where nothing is counted although kernels report, and still nothing where none does: that a thing did not happen and
 * that nobody would say so are different news.
 */
export function orZeroWhileAlive(expression: Expression): Expression {
  const zero = binary(sum(measured('agent_os_kernel_uptime_seconds')), '*', number(0));
  return binary(expression, 'or', zero);
}
