// The checklist of a convincing FHIR server, profile orders.
import {walk} from './walk.mjs';

await walk('orders');
