// The checklist of a convincing FHIR server, profile strict.
import {walk} from './walk.mjs';

await walk('strict');
