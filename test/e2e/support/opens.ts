/** What a browser gets at an address: a page, or the test fails with what was there. */
export async function opens(url: string): Promise<string> {
  const response = await fetch(url, { headers: { accept: 'text/html', connection: 'close' } });
  const text = await response.text();
  const type = response.headers.get('content-type') ?? 'no type';
  if (!response.ok || !type.startsWith('text/html') || !/<(!doctype html|html)/i.test(text))
    throw new Error(`${url} answers ${response.status}, ${type}: ${text.slice(0, 200)}`);
  return text;
}
