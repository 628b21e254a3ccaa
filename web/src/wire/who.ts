// Who acts, as every request says it.

import type { Lang } from "../model/state";

/** Who acts, in which language the answers shall speak. */
export type Who = { name: string; lang: Lang };

/** Headers hold ASCII alone: any other name goes percent-encoded. */
export const headersOf = ({ name, lang }: Who): Record<string, string> => ({
  "Accept-Language": lang,
  ...(name === ""
    ? {}
    : { "Lifang-Actor": /^[\x20-\x24\x26-\x7e]+$/.test(name) ? name : encodeURIComponent(name) }),
});
