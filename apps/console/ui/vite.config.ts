import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';

/** Where `npm run dev` finds a console: one that `npm start` runs. */
const running = 'http://127.0.0.1:8081';

export default defineConfig(({ command }) => ({
  plugins: [react()],
  // The console puts a fresh one into each index.html (src/pages/ui.ts); the development server has none.
  html: command === 'build' ? { cspNonce: '__CSP_NONCE__' } : {},
  build: {
    target: 'es2022',
    // Browsers that know light-dark(): its stand-in for older ones needs a setup of its own.
    cssTarget: ['chrome123', 'firefox120', 'safari17.5'],
    // Pictures as data: URLs would want a hole in the content security policy.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
  },
  server: { proxy: { '/api': running, '/queues': running } },
}));
