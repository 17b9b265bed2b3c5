// SPDX-License-Identifier: Apache-2.0
import { gzipSync } from 'node:zlib';
import type { Plugin } from 'vite';

type Chunk = {
  fileName: string;
  code: string;
  imports: string[];
  dynamicImports: string[];
  facadeModuleId: string | null;
  isEntry: boolean;
};

/**
 * Fails the build if any page loads more script than this, in kilobytes as gzip makes them. A page is what the entry
 * loads when it is needed; what the page itself loads at once, such as a chart, counts with it, unless it is named as
 * waiting for the viewer, such as an editor that comes with the first click into it.
 */
export function pageWeight(mostKilobytes: number, waiting: string[]): Plugin {
  return {
    name: 'page-weight',
    apply: 'build',
    generateBundle(_, bundle) {
      const chunks = new Map<string, Chunk>();
      for (const output of Object.values(bundle)) {
        if (output.type === 'chunk') {
          chunks.set(output.fileName, output);
        }
      }
      const sizes = new Map([...chunks].map(([name, chunk]) => [name, gzipSync(chunk.code).length]));
      const collect = (name: string, into: Set<string>, later: boolean) => {
        const chunk = chunks.get(name);
        const waits = waiting.some((module) => chunk?.facadeModuleId?.endsWith(module));
        if (chunk && !waits && !into.has(name)) {
          into.add(name);
          for (const next of [...chunk.imports, ...(later && !chunk.isEntry ? chunk.dynamicImports : [])]) {
            collect(next, into, later);
          }
        }
        return into;
      };
      const kilobytes = (names: Set<string>) => [...names].reduce((sum, one) => sum + (sizes.get(one) ?? 0), 0) / 1000;
      const entry = [...chunks.values()].find((chunk) => chunk.isEntry);
      const weights = (entry?.dynamicImports ?? [])
        .map((page) => ({
          page,
          weight: kilobytes(collect(page, collect(entry?.fileName ?? '', new Set(), false), true)),
        }))
        .sort((one, other) => other.weight - one.weight);
      const [heaviest] = weights;
      if (!heaviest) {
        this.error('No page was found in the bundle: the entry imports none when needed.');
      }
      if (process.env.PAGE_WEIGHTS) {
        this.info(weights.map(({ page, weight }) => `\n  ${weight.toFixed(1).padStart(6)} kB ${page}`).join(''));
      }
      const tooHeavy = weights.filter(({ weight }) => weight > mostKilobytes);
      if (tooHeavy.length > 0) {
        this.error(
          `Pages may load ${mostKilobytes} kB of gzipped script. Load less at once, or import less: ${tooHeavy
            .map(({ page, weight }) => `${page} ${weight.toFixed(1)} kB`)
            .join(', ')}`,
        );
      }
    },
  };
}
