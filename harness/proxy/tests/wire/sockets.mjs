// Raw sockets, and what became of them.
import {once} from 'node:events';
import net from 'node:net';

/** A server on loopback that handles each connection with `serve`, and closes all of them at the end. */
export async function listen(serve) {
  const open = new Set();
  const server = net.createServer({allowHalfOpen: true, noDelay: true}, (socket) => {
    open.add(socket);
    socket.on('close', () => open.delete(socket));
    socket.on('error', () => {});
    serve(socket);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    address: `127.0.0.1:${server.address().port}`,
    connections: open,
    async stop() {
      for (const socket of open) socket.destroy();
      server.close();
      await once(server, 'close');
    },
  };
}

/** One client connection that remembers what came, and when (milliseconds since it connected). */
export class Client {
  static async connect(address) {
    const [host, port] = address.split(':');
    const made = new Client();
    made.socket = net.connect({host, port: Number(port), allowHalfOpen: true, noDelay: true});
    made.chunks = [];
    made.socket.on('data', (bytes) => {
      made.chunks.push({bytes, at: performance.now() - made.since});
      made.wake?.();
    });
    made.ended = new Promise((resolve) => {
      made.socket.on('end', () => resolve('fin'));
      made.socket.on('error', (why) => resolve(why.code === 'ECONNRESET' ? 'rst' : why.code));
    });
    await once(made.socket, 'connect');
    made.since = performance.now();
    return made;
  }

  get elapsed() {
    return performance.now() - this.since;
  }
  get text() {
    return Buffer.concat(this.chunks.map((one) => one.bytes)).toString('latin1');
  }
  write(bytes) {
    this.socket.write(bytes);
    return this;
  }
  /** Waits until so many bytes have come; false where the time is up first. */
  async received(count, limit = 5000) {
    const until = performance.now() + limit;
    while (this.text.length < count) {
      const left = until - performance.now();
      if (left <= 0) return false;
      await new Promise((resolve) => {
        const timer = setTimeout(resolve, left);
        this.wake = () => {
          clearTimeout(timer);
          resolve();
        };
      });
    }
    return true;
  }
  /** 'fin', 'rst' or another error; 'open' where it is open still when the time is up. */
  async end(limit = 5000) {
    let timer;
    const late = new Promise((resolve) => {
      timer = setTimeout(resolve, limit, 'open');
    });
    const how = await Promise.race([this.ended, late]);
    clearTimeout(timer);
    return how;
  }
  close() {
    this.socket.destroy();
  }
}

export const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

/** Whether a connection to the address is refused. */
export async function refused(address) {
  try {
    (await Client.connect(address)).close();
    return false;
  } catch (why) {
    if (why.code === 'ECONNREFUSED') return true;
    throw why;
  }
}
