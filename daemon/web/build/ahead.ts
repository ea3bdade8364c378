// Names in index.html what main.ts imports at once (page.ts and its styles), so
// that a browser asks for all of it together.
import type { Plugin } from 'vite';

export function ahead(of: string): Plugin {
  return {
    name: 'ahead',
    apply: 'build',
    transformIndexHtml: {
      order: 'post',
      handler(_html, { bundle = {}, chunk: entry }) {
        const chunks = Object.values(bundle).filter((c) => c.type === 'chunk');
        const page = chunks.find((c) => c.moduleIds.some((id) => id.endsWith(of)));
        if (!page) throw new Error(`${of} is no chunk of its own`);
        const all = [page.fileName, ...page.imports].filter((name) => name !== entry?.fileName);
        const styles = chunks
          .filter((c) => all.includes(c.fileName))
          .flatMap((c) => [...(c.viteMetadata?.importedCss ?? [])]);
        const link = (rel: string, file: string) => ({
          tag: 'link',
          attrs: { rel, crossorigin: true, href: `/${file}` },
          injectTo: 'head' as const,
        });
        return [
          ...all.map((file) => link('modulepreload', file)),
          ...styles.map((file) => link('stylesheet', file)),
        ];
      },
    },
  };
}
