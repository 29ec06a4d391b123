// Red is for what is bad and wants somebody. A denied action is a decision that worked: never red.
export const GOOD = 'green';
export const NEUTRAL = 'blue';
export const WATCH = 'orange';
export const BAD = 'red';
/** Of what is not known. */
export const UNKNOWN = '#6e7178';

export const SEVERITY_COLOURS = { low: 'blue', medium: 'yellow', high: 'orange', critical: 'red' } as const;
export const STATUS_COLOURS = { success: 'green', denied: 'purple', error: 'red' } as const;
export const VERIFICATION_COLOURS = { verified: 'green', flagged: 'orange', rejected: 'purple' } as const;
export const CONFIDENCE_COLOURS = { high: 'green', medium: 'yellow', low: 'orange' } as const;
