import '@fontsource-variable/inter/wght.css';
import '@mantine/core/styles.css';
import '@mantine/notifications/styles.css';
import './app.css';
import { MantineProvider } from '@mantine/core';
import { Notifications } from '@mantine/notifications';
import { QueryCache, QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { RouterProvider } from '@tanstack/react-router';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { ApiError } from '../api/client';
import { pause, worthAsking } from '../api/patience';
import { createConsoleRouter } from './router';
import { theme } from './theme';

const queries = new QueryClient({
  // A session that ended while a page was open: the page's next request leads to the sign-in.
  queryCache: new QueryCache({
    onError: (fault, query) => {
      if (fault instanceof ApiError && fault.status === 401 && query.queryKey[0] !== 'me') {
        queries.removeQueries({ queryKey: ['me'] });
        router.invalidate();
      }
    },
  }),
  defaultOptions: {
    queries: {
      staleTime: 10_000,
      retry: worthAsking,
      retryDelay: pause,
    },
  },
});
const router = createConsoleRouter(queries);
const root = document.getElementById('root');
if (!root) {
  throw new Error('The page has no element with the id "root"');
}
createRoot(root).render(
  <StrictMode>
    <MantineProvider theme={theme} defaultColorScheme="auto">
      <Notifications position="top-right" />
      <QueryClientProvider client={queries}>
        <RouterProvider router={router} />
      </QueryClientProvider>
    </MantineProvider>
  </StrictMode>,
);
