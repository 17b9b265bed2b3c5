import react from '@vitejs/plugin-react';
import { defineConfig } from 'vitest/config';
import { pageWeight } from './pageWeight.ts';

// `ETM_SERVER=http://127.0.0.1:8420 npm run dev` serves the console from source, with the API of a running server.
const server = process.env.ETM_SERVER ?? 'http://127.0.0.1:8420';
const token = process.env.ETM_TOKEN;
const proxied = { target: server, headers: token ? { Authorization: `Bearer ${token}` } : {} };

export default defineConfig({
  plugins: [react(), pageWeight(300, ['/qql/Editor.tsx', '/maps/CodeEditor.tsx'])],
  build: {
    assetsDir: 'static',
    target: 'es2023',
    // These know light-dark() by themselves; what stands in for it elsewhere misses the scheme that Mantine sets.
    cssTarget: ['chrome123', 'firefox120', 'safari17.5'],
    assetsInlineLimit: 0,
    chunkSizeWarningLimit: 700,
    modulePreload: { polyfill: false },
  },
  server: { host: '127.0.0.1', proxy: { '/api': proxied, '/health': proxied, '/openapi.yaml': proxied } },
  test: { include: ['src/**/*.test.ts', 'src/**/*.test.tsx'] },
});
