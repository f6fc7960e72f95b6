// Starts the built program, or speaks to the proxy at EPICENTER_PROXY_API.
import {spawn} from 'node:child_process';
import {once} from 'node:events';
import {createInterface} from 'node:readline';

const startLimit = 20_000;

/** One running fault proxy without a proxy of its own: `api` is its URL. */
export class FaultProxy {
  static async start(args = []) {
    const made = new FaultProxy();
    if (process.env.EPICENTER_PROXY_API) {
      made.api = process.env.EPICENTER_PROXY_API;
      return made;
    }
    const program = process.env.EPICENTER_PROGRAM;
    if (!program) throw new Error('EPICENTER_PROGRAM names the program to test');
    made.process = spawn(program, ['proxy', '--api', '127.0.0.1:0', ...args], {stdio: ['ignore', 'pipe', 'inherit']});
    made.ended = once(made.process, 'exit');
    try {
      Object.assign(made, JSON.parse(await firstLine(made.process)));  // api, proxies
    } catch (why) {
      await made.stop();
      throw new Error(`the proxy did not start: ${why.message}`);
    }
    return made;
  }

  async stop() {
    if (!this.process) return 0;
    if (this.process.exitCode === null) this.process.kill('SIGTERM');
    const [code] = await this.ended;
    return code;
  }

  /** {status, headers, text, json} of one call, as it is on the wire. */
  async call(method, path, body) {
    const sent = body === undefined || typeof body === 'string' ? body : JSON.stringify(body);
    const answer = await fetch(this.api + path, {method, body: sent});
    const text = await answer.text();
    let json;
    try {
      json = JSON.parse(text);
    } catch {
      // not every answer is JSON
    }
    return {status: answer.status, headers: answer.headers, text, json};
  }

  /** The same, and an error unless it succeeded. */
  async must(method, path, body) {
    const answer = await this.call(method, path, body);
    if (answer.status >= 300) throw new Error(`${method} ${path}: ${answer.status} ${answer.text}`);
    return answer.json;
  }
}

async function firstLine(child) {
  const lines = createInterface({input: child.stdout});
  const late = setTimeout(() => lines.close(), startLimit);
  try {
    for await (const line of lines) return line;
    throw new Error('it printed nothing');
  } finally {
    clearTimeout(late);
    child.stdout.resume();
  }
}
