// The worker behind PageReader: the libraries take a while to load and a page may be made to take for ever, neither of
// which the event loop that carries the streams can give.
import { htmlToText } from './html-text.ts';
import type { PageQuestion } from './page-reader.ts';

declare const self: Worker;

self.onmessage = ({ data }: MessageEvent<PageQuestion>) => {
  self.postMessage(htmlToText(data.html, data.address, data.maxCharacters));
};
