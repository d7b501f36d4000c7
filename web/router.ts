/** Where in the page one is, as it stands behind the `#` of the address: any static host can serve it. */
export type Route =
  | { readonly page: 'playground' }
  | { readonly page: 'lessons' }
  | { readonly page: 'lesson'; readonly chapter: string; readonly lesson: string }
  | { readonly page: 'gallery' }
  | { readonly page: 'structure'; readonly slug: string; readonly state: string | null }
  | { readonly page: 'unknown'; readonly path: string };

export function parseRoute(hash: string): Route {
  const path = hash.replace(/^#?\/?/, '').replace(/\/+$/, '');
  const [first = '', chapter, lesson, ...rest] = path.split('/').map(decoded);
  if (first === '' && chapter === undefined) return { page: 'playground' };
  if (first === 'lessons' && rest.length === 0) {
    if (chapter === undefined) return { page: 'lessons' };
    if (lesson !== undefined) return { page: 'lesson', chapter, lesson };
  }
  if (first === 'gallery' && rest.length === 0) {
    if (chapter === undefined) return { page: 'gallery' };
    return { page: 'structure', slug: chapter, state: lesson ?? null };
  }
  return { page: 'unknown', path };
}

export function hrefOf(route: Route): string {
  switch (route.page) {
    case 'playground':
      return '#/';
    case 'lessons':
      return '#/lessons';
    case 'lesson':
      return `#/lessons/${encodeURIComponent(route.chapter)}/${encodeURIComponent(route.lesson)}`;
    case 'gallery':
      return '#/gallery';
    case 'structure': {
      const state = route.state === null ? '' : `/${encodeURIComponent(route.state)}`;
      return `#/gallery/${encodeURIComponent(route.slug)}${state}`;
    }
    case 'unknown':
      return `#/${route.path}`;
  }
}

/** A name out of an address that anybody may have written. */
function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch (error) {
    if (error instanceof URIError) return part;
    throw error;
  }
}
