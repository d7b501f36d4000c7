import { expect, test } from './visitor.ts';

test('who runs out of memory sees which keys were sampled, how memory stands, and who went', async ({ visitor }) => {
  await visitor.open();
  await visitor.run('CONFIG SET maxmemory-policy allkeys-lru');
  await visitor.run('MSET alpha 1 beta 2 gamma 3 delta 4 eps 5 zeta 6 eta 7');
  await visitor.run('CONFIG SET maxmemory 300');
  await visitor.run('SET one more');
  await visitor.rests();
  const picture = visitor.stage.locator('svg[role=img]');
  await expect(picture).toContainText('maxmemory is 300');
  await expect(picture).toContainText('Evicted');
  await expect(picture).not.toContainText('no key yet');
  expect(await visitor.misplacedTexts()).toEqual([]);
  // Back to its beginning and forward again: first a key is sampled, then one is chosen, then it goes.
  await visitor.lookAtStage();
  await visitor.move('Home');
  const captions: string[] = [];
  while (!captions.at(-1)?.startsWith('The reply') && captions.length < 60) {
    await visitor.move('ArrowRight');
    captions.push((await visitor.moment()).caption);
  }
  const at = (what: RegExp): number => captions.findIndex((caption) => what.test(caption));
  expect(at(/^“\w+” is sampled: it was last used/)).toBeGreaterThanOrEqual(0);
  expect(at(/is the one least worth keeping/)).toBeGreaterThan(at(/is sampled/));
  expect(at(/is evicted/)).toBeGreaterThan(at(/is the one least worth keeping/));
});
