/** Drawn when the site is built: see scripts/vite-gallery.ts. */
declare module 'virtual:gallery-covers' {
  import type { Scene } from '../diagrams/scene.ts';

  const covers: Readonly<Record<string, Scene>>;
  export default covers;
}
