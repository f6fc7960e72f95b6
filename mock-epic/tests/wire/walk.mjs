// Starts the mock in one profile and walks the checklist against it.
import {after} from 'node:test';
import {Mock} from './mock.mjs';

export async function walk(profile) {
  const mock = await Mock.start({profile, args: ['--patients', '20']});
  after(() => mock.stop());
  Object.assign(process.env, {EPICENTER_FHIR: mock.fhir, EPICENTER_TOKEN: mock.token, EPICENTER_ADMIN: mock.admin,
                              EPICENTER_PROFILE: profile});
  await import('./checklist.mjs');
}
