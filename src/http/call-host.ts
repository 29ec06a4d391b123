/**
 * Calls code of the host that nothing here may depend on: what it throws, and what its promise rejects with
 * if it turned out to be async, goes to `onFailure`.
 */
export function callHost(call: () => unknown, onFailure: (error: unknown) => void): void {
  try {
    Promise.resolve(call()).catch(onFailure);
  } catch (error) {
    onFailure(error);
  }
}
