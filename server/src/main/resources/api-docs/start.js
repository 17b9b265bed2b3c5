// SPDX-License-Identifier: Apache-2.0
// Shows the API's description; "Try it out" calls this server as whoever is signed in.
const root = document.getElementById('api');

function cookie(name) {
  const found = document.cookie.split('; ').find((each) => each.startsWith(`${name}=`));
  return found && decodeURIComponent(found.slice(name.length + 1));
}

fetch('/api/v1/me').then((answer) => {
  if (answer.status === 401) {
    root.innerHTML =
      '<main style="padding: 3rem; font-family: sans-serif"><h1>Sign in first</h1>' +
      '<p>The API is described to those who may use it. <a href="/sign-in">Sign in</a>, then open this page again.</p></main>';
    return;
  }
  SwaggerUIBundle({
    url: '/openapi.yaml',
    domNode: root,
    deepLinking: true,
    docExpansion: 'none',
    filter: true,
    tagsSorter: 'alpha',
    // No badge of a foreign validator: nothing here calls another host.
    validatorUrl: null,
    requestInterceptor: (request) => {
      const token = cookie('__Host-XSRF-TOKEN') || cookie('XSRF-TOKEN');
      if (token && request.method && request.method !== 'GET') {
        request.headers['X-XSRF-TOKEN'] = token;
      }
      return request;
    },
  });
});
