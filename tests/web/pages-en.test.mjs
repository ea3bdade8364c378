// Every place of the client in English, in both themes.
import { places } from './lib/places.mjs';

places('en-GB');
