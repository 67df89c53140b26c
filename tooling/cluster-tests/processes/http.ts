import { request } from 'node:http';

export interface HttpAnswer {
  readonly status: number;
  readonly body: string;
  /** The time of day at the server, in whole seconds; null if it does not say. */
  readonly date: Date | null;
}

/** One request on a connection of its own: what an earlier process left in a pool must not decide. */
export function http(
  address: string,
  path: string,
  { method = 'GET', body = '', timeoutMs = 2_000 } = {},
): Promise<HttpAnswer> {
  return new Promise((resolve, reject) => {
    const signal = AbortSignal.timeout(timeoutMs);
    const call = request(`http://${address}${path}`, { method, agent: false, signal }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('error', reject);
      response.on('end', () => {
        const { date } = response.headers;
        resolve({
          status: response.statusCode ?? 0,
          body: Buffer.concat(chunks).toString(),
          date: date === undefined ? null : new Date(date),
        });
      });
    });
    call.on('error', reject);
    call.end(body);
  });
}
