import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { typesFromDocument, type OpenApiDocument } from './types-from-document.ts';

const top = new URL('../../../', import.meta.url);

/** Where the types are committed. */
export const generatedFile = new URL('../src/generated/api.ts', import.meta.url);

/** What the generated file should hold, from the console as it is in the sources. */
export async function generatedText(): Promise<string> {
  // At development time alone, and by a computed path: no package imports an app.
  const source = (path: string): string => new URL(`apps/console/src/${path}`, top).href;
  const { routes } = (await import(source('api/routes.ts'))) as { routes: unknown };
  const { documentOf } = (await import(source('openapi/document.ts'))) as { documentOf: (routes: unknown) => object };
  const document = JSON.parse(JSON.stringify(documentOf(routes))) as OpenApiDocument;
  return formatted(typesFromDocument(document));
}

function formatted(text: string): string {
  const formatter = fileURLToPath(new URL('node_modules/.bin/oxfmt', top));
  const { status, stdout, stderr } = spawnSync(formatter, ['--stdin-filepath', fileURLToPath(generatedFile)], {
    input: text,
    encoding: 'utf8',
    cwd: fileURLToPath(top),
  });
  if (status !== 0) throw new Error(`oxfmt does not take the generated text: ${stderr}`);
  return stdout;
}
