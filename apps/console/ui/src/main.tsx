import '@mantine/core/styles.css';
import './parts/styles.css';
import { MantineProvider } from '@mantine/core';
import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { isPassing } from './api/client.ts';
import { App } from './app.tsx';
import { Gate } from './session/gate.tsx';
import { getNonce } from './style-nonce.ts';
import { theme } from './theme.ts';

const client = new QueryClient({
  defaultOptions: {
    queries: {
      retry: (failures, error) => isPassing(error) && failures < 3,
      // Ours tells whether the console answers; the browser only knows whether there is a network.
      networkMode: 'always',
      staleTime: 5_000,
    },
    // Whoever clicked decides whether to click again.
    mutations: { retry: false, networkMode: 'always' },
  },
});

const root = document.querySelector('#root');
if (root === null) throw new Error('index.html has a #root');
createRoot(root).render(
  <StrictMode>
    <MantineProvider theme={theme} defaultColorScheme="auto" getStyleNonce={getNonce}>
      <QueryClientProvider client={client}>
        <Gate>
          <App />
        </Gate>
      </QueryClientProvider>
    </MantineProvider>
  </StrictMode>,
);
