/** What a PDF is turned into for a model that does not read PDFs. */
export type PdfReading = ReadPdf | UnreadPdf;

export interface ReadPdf {
  /** Of the whole document; `pages` may be fewer. */
  readonly pageCount: number;
  /** The first ones, in order. */
  readonly pages: readonly PdfPage[];
}

export interface PdfPage {
  /** Lines end in `\n`; empty where the page holds none, as a scan does. */
  readonly text: string;
  /** The page as a JPEG, in base64. */
  readonly image: string | undefined;
}

export interface UnreadPdf {
  readonly problem: PdfProblem;
}
export type PdfProblem = keyof typeof pdfProblems;

/** For the model and for the list of losses, behind a colon. */
export const pdfProblems = {
  'too-large': 'it is larger than 32 MB',
  encrypted: 'it is protected by a password',
  broken: 'it is damaged or no PDF',
  'too-slow': 'it took too long to read',
  busy: 'too many documents are waiting to be read',
} as const;

/** 32 MB, which is what a whole request may have at Anthropic, in the characters of base64. */
export const maxPdfBase64 = Math.ceil((32 * 1024 * 1024) / 3) * 4;
