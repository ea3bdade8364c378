// Every place of the client in Vietnamese, in both themes.
import { places } from './lib/places.mjs';

places('vi-VN');
