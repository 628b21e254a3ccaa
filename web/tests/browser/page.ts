// The page as it lies in web/dist before a binary, so that work on the page needs no compiling: `LIFANG_DIST=1`.

import { readFileSync } from "node:fs";
import { createServer, request, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { extname, join, normalize } from "node:path";

const DIST = join(import.meta.dirname, "../../dist");
const TYPES: Record<string, string> = {
  ".html": "text/html",
  ".js": "text/javascript",
  ".mjs": "text/javascript",
  ".css": "text/css",
  ".svg": "image/svg+xml",
};

/** Files of the page from disk, everything else from the server. */
export async function before(server: string): Promise<{ url: string; close: () => void }> {
  const front: Server = createServer((ask, reply) => {
    const path = new URL(ask.url ?? "/", server).pathname;
    if (/^\/(assets\/|seal|$|index)/.test(path)) {
      const file = path === "/" ? "index.html" : normalize(path);
      try {
        const content = readFileSync(join(DIST, file));
        reply.writeHead(200, { "Content-Type": TYPES[extname(file)] ?? "text/plain" }).end(content);
      } catch {
        reply.writeHead(404).end();
      }
      return;
    }
    const { headers, method } = ask;
    const onward = request(server + (ask.url ?? "/"), { method, headers }, (came) => {
      reply.writeHead(came.statusCode ?? 502, came.headers);
      came.pipe(reply);
    });
    onward.on("error", () => reply.destroy());
    reply.on("close", () => onward.destroy());
    ask.pipe(onward);
  });
  await new Promise<void>((listening) => front.listen(0, "127.0.0.1", listening));
  const url = `http://127.0.0.1:${(front.address() as AddressInfo).port}`;
  return {
    url,
    close: () => {
      front.closeAllConnections();
      front.close();
    },
  };
}
