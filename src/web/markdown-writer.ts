import TurndownService from 'turndown';

const leftOut = [
  'script',
  'style',
  'noscript',
  'template',
  'iframe',
  'object',
  'canvas',
  'nav',
  'footer',
  'title',
] as const;

/** Writes elements of a page as markdown, with addresses that hold outside of it. */
export function markdownWriter(base: URL): (element: TurndownService.Node) => string {
  const service = new TurndownService({ headingStyle: 'atx', bulletListMarker: '-', codeBlockStyle: 'fenced' });
  service.remove([...leftOut]);
  service.remove((node) => node.nodeName.toLowerCase() === 'svg');
  service.addRule('links', {
    filter: 'a',
    replacement: (content, node) => {
      const target = absolute(attributeOf(node, 'href'), base);
      const text = content.trim();
      return target === undefined || text === '' ? content : `[${text}](${target})`;
    },
  });
  service.addRule('images', {
    filter: 'img',
    replacement: (_, node) => {
      const source = absolute(attributeOf(node, 'src'), base);
      const alt = attributeOf(node, 'alt').replace(/\s+/g, ' ').trim();
      return source === undefined || alt === '' ? alt : `![${alt}](${source})`;
    },
  });
  service.addRule('cells', {
    filter: ['td', 'th'],
    replacement: (content) => `${content.replace(/\s+/g, ' ').trim()} | `,
  });
  service.addRule('rows', { filter: 'tr', replacement: (content) => `| ${content.trim()}\n` });
  service.addRule('tables', { filter: 'table', replacement: (content) => `\n\n${content.trim()}\n\n` });
  return (element) => service.turndown(element).trim();
}

function attributeOf(node: TurndownService.Node, name: string): string {
  return 'getAttribute' in node ? (node.getAttribute(name) ?? '') : '';
}

/** Undefined where the address means nothing to whoever reads it: a script, data in itself, a place on the same page. */
function absolute(address: string, base: URL): string | undefined {
  if (address === '' || address.startsWith('#') || !URL.canParse(address, base.href)) return undefined;
  const url = new URL(address, base);
  return /^https?:$/.test(url.protocol) ? url.href : undefined;
}
