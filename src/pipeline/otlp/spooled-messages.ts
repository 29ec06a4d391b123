import type { DeliveryLedger } from './delivery-ledger.js';
import type { OtlpSender } from './otlp-sender.js';
import type { Spool } from './spool.js';

/**
 * Sends what processes before this one left in the spool, one message after the other. The first that fails ends it: that
 * one and the rest stay for the next start. Never rejects.
 *
 * @param ending - whether the process ends: an endpoint where nobody is is not tried again then
 */
export async function sendSpooled(
  spool: Spool,
  sender: Pick<OtlpSender, 'send'>,
  ledger: DeliveryLedger,
  ending: () => boolean,
): Promise<void> {
  const expired = (items: number): void => ledger.ofBefore(items, items, 'too old');
  for await (const spooled of spool.take(expired)) {
    const { message, items } = spooled;
    const delivery = await sender.send(message, { ending });
    if (delivery.outcome === 'failed') return spooled.putBack();
    spooled.remove();
    if (delivery.outcome === 'too_large') ledger.ofBefore(items, items, 'too large for the receiver');
    else ledger.ofBefore(items, Math.min(items, delivery.rejected), delivery.reason ?? 'rejected');
  }
}
