/** What a program needs at run time: its own files and npm packages, followed from its entry files. */
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import ts from 'typescript';

export interface Contents {
  /** Source files, relative to the project's folder. */
  readonly files: ReadonlySet<string>;
  /** Folders of packages, relative to it: `node_modules/…`, nested ones too. */
  readonly packages: ReadonlySet<string>;
}

/** @param entries - files that are started or read by name, relative to the project's folder */
export function contentsOf(project: string, entries: readonly string[]): Contents {
  const files = new Set<string>();
  const packages = new Set<string>();
  const waiting = [...entries];
  for (let file = waiting.pop(); file !== undefined; file = waiting.pop()) {
    if (files.has(file)) continue;
    files.add(file);
    if (!file.endsWith('.ts')) continue;
    for (const wanted of importsOf(path.join(project, file))) {
      if (wanted.startsWith('.')) waiting.push(path.join(path.dirname(file), wanted));
      else if (!wanted.startsWith('node:')) addPackage(project, '', nameOf(wanted), packages);
    }
  }
  return { files, packages };
}

/** Names that are still imported once the types are gone. */
function importsOf(file: string): readonly string[] {
  const source = ts.createSourceFile(file, readFileSync(file, 'utf8'), ts.ScriptTarget.Latest);
  const names: string[] = [];
  const visit = (node: ts.Node): void => {
    if (ts.isImportDeclaration(node) && node.importClause?.phaseModifier !== ts.SyntaxKind.TypeKeyword)
      names.push(textOf(node.moduleSpecifier));
    if (ts.isExportDeclaration(node) && !node.isTypeOnly && node.moduleSpecifier !== undefined) names.push(textOf(node.moduleSpecifier));
    if (ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.ImportKeyword) names.push(textOf(node.arguments[0]!)); // ! is safe: import() has one
    ts.forEachChild(node, visit);
  };
  visit(source);
  return names;
}

function textOf(specifier: ts.Expression): string {
  if (!ts.isStringLiteral(specifier)) throw new Error(`${specifier.getText()}: what an image holds is found by names that are written out`);
  return specifier.text;
}

const nameOf = (specifier: string): string => specifier.split('/', specifier.startsWith('@') ? 2 : 1).join('/');

interface PackageJson {
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
  readonly peerDependencies?: Readonly<Record<string, string>>;
}

/** What packages load without saying so. */
const undeclared: Readonly<Record<string, readonly string[]>> = { 'node_modules/@tensorflow/tfjs': ['long'] };

/** With what it depends on; of optional ones those that are installed. @param from - folder of the package that wants it */
function addPackage(project: string, from: string, name: string, packages: Set<string>): void {
  const folder = findPackage(project, from, name);
  if (folder === undefined || packages.has(folder)) return;
  packages.add(folder);
  const { dependencies, optionalDependencies, peerDependencies } = JSON.parse(
    readFileSync(path.join(project, folder, 'package.json'), 'utf8'),
  ) as PackageJson;
  const declared = Object.keys({ ...dependencies, ...optionalDependencies, ...peerDependencies });
  for (const wanted of [...declared, ...(undeclared[folder] ?? [])]) addPackage(project, folder, wanted, packages);
}

/** As Node looks for it: in the `node_modules` of each folder on the way up. */
function findPackage(project: string, from: string, name: string): string | undefined {
  for (let folder = from; ; folder = path.dirname(folder)) {
    const candidate = path.join(folder === '.' ? '' : folder, 'node_modules', name);
    if (existsSync(path.join(project, candidate, 'package.json'))) return candidate;
    if (folder === '' || folder === '.') return undefined;
  }
}
