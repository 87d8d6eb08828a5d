import { constants, deflateRawSync, deflateSync } from 'node:zlib';

/** One page of a made PDF: lines of text, a coloured rectangle, or drawing operators as they stand in the file. */
export interface MadePage {
  readonly lines?: readonly string[];
  readonly red?: boolean;
  readonly size?: readonly [width: number, height: number];
  readonly stream?: { readonly filters: string; readonly bytes: Buffer };
}

export interface MadePdfOptions {
  /** Nobody knows the password. */
  readonly locked?: boolean;
}

/** A PDF file, written object by object; the same pages give the same bytes. */
export function madePdf(pages: readonly MadePage[], { locked = false }: MadePdfOptions = {}): Buffer {
  const firstPage = 4;
  const kids = pages.map((_, index) => `${firstPage + index * 2} 0 R`).join(' ');
  const objects: Buffer[] = [
    latin('<< /Type /Catalog /Pages 2 0 R >>'),
    latin(`<< /Type /Pages /Kids [${kids}] /Count ${pages.length} >>`),
    latin('<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>'),
    ...pages.flatMap((page, index) => pageObjects(page, firstPage + index * 2 + 1)),
  ];
  const parts: Buffer[] = [latin('%PDF-1.4\n')];
  const places: number[] = [];
  let length = parts[0]?.length ?? 0;
  const add = (part: Buffer) => {
    parts.push(part);
    length += part.length;
  };
  objects.forEach((object, index) => {
    places.push(length);
    add(Buffer.concat([latin(`${index + 1} 0 obj\n`), object, latin('\nendobj\n')]));
  });
  const table = places.map((place) => `${String(place).padStart(10, '0')} 00000 n \n`).join('');
  const size = objects.length + 1;
  const lock = locked
    ? ` /ID [<00><00>] /Encrypt << /Filter /Standard /V 1 /R 2 /P -1 /O <${'41'.repeat(32)}> /U <${'42'.repeat(32)}> >>`
    : '';
  add(
    latin(
      `xref\n0 ${size}\n0000000000 65535 f \n${table}trailer\n<< /Size ${size} /Root 1 0 R${lock} >>\nstartxref\n${length}\n%%EOF\n`,
    ),
  );
  return Buffer.concat(parts);
}

/** Enough words that a page is read rather than looked at. */
export const manyWords = Array.from({ length: 12 }, (_, line) => `Line ${line + 1} of this page says something.`);

/** A page whose drawing operators unpack to a gigabyte of blanks. */
export function bombPage(): MadePage {
  const sixteenMegabytes = Buffer.alloc(16 * 1024 * 1024, 0x20);
  const piece = deflateRawSync(sixteenMegabytes, { finishFlush: constants.Z_FULL_FLUSH });
  const inner = Buffer.concat([Buffer.from([0x78, 0x9c]), ...Array.from({ length: 64 }, () => piece)]);
  return { stream: { filters: '[/FlateDecode /FlateDecode]', bytes: deflateSync(inner) } };
}

function pageObjects({ lines = [], red = false, size = [612, 792], stream }: MadePage, contentId: number): Buffer[] {
  const words = lines.map((line, index) => `${index === 0 ? '72 720 Td' : '0 -20 Td'} (${escaped(line)}) Tj`).join(' ');
  const drawing = `${red ? `1 0 0 rg 0 0 ${size[0]} ${size[1]} re f ` : ''}${words === '' ? '' : `BT /F1 14 Tf ${words} ET`}`;
  const { filters, bytes } = stream ?? { filters: undefined, bytes: latin(drawing) };
  const filter = filters === undefined ? '' : ` /Filter ${filters}`;
  return [
    latin(
      `<< /Type /Page /Parent 2 0 R /MediaBox [0 0 ${size[0]} ${size[1]}] /Resources << /Font << /F1 3 0 R >> >> /Contents ${contentId} 0 R >>`,
    ),
    Buffer.concat([latin(`<< /Length ${bytes.length}${filter} >>\nstream\n`), bytes, latin('\nendstream')]),
  ];
}

function escaped(text: string): string {
  return text.replaceAll(/[\\()]/g, (character) => `\\${character}`);
}

function latin(text: string): Buffer {
  return Buffer.from(text, 'latin1');
}
