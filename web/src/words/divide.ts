// Texts about divisions in both languages: they come with the panel that says them, not with the page.

import type { Lang } from "../model/state";
import { divide as en } from "./divide.en";
import { divide as zh } from "./divide.zh";

export const divideWords = (lang: Lang): typeof zh => (lang === "zh" ? zh : en);
