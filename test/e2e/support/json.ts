/** The JSON behind an address; throws with what was said otherwise. */
export async function json<T>(url: string | URL): Promise<T> {
  const response = await fetch(url, { signal: AbortSignal.timeout(20_000) });
  const text = await response.text();
  if (!response.ok) throw new Error(`${url} answers ${response.status}: ${text}`);
  return JSON.parse(text) as T;
}
