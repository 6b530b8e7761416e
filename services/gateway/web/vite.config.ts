import { defineConfig } from 'vite';

const gateway = process.env['TRACKFIT_GATEWAY'] ?? 'http://127.0.0.1:8080';

export default defineConfig({
  base: './',
  build: {
    target: 'es2022',
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    reportCompressedSize: true,
  },
  esbuild: { jsx: 'automatic', jsxImportSource: 'preact' },
  server: {
    fs: { allow: ['../../..'] }, // the report has the command line's words and style
    proxy: {
      '/v1': { target: gateway, ws: true, changeOrigin: true, rewriteWsOrigin: true },
      '/healthz': gateway,
    },
  },
});
