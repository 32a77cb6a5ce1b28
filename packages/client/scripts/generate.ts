// Writes the types of the console's API. Run after a route, its parameters or its schemas changed.
import { writeFileSync } from 'node:fs';
import { generatedFile, generatedText } from './generated-text.ts';

writeFileSync(generatedFile, await generatedText());
