import { defineConfig } from 'vite';

export default defineConfig({
  base: './',
  build: {
    target: 'es2022',
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    reportCompressedSize: true,
  },
  esbuild: { jsx: 'automatic', jsxImportSource: 'preact' },
  // `npm run dev` serves the page; a gateway on this address analyses.
  server: {
    proxy: { '/v1': { target: process.env['TRACKFIT_GATEWAY'] ?? 'http://127.0.0.1:8080', ws: true } },
  },
});
