import { fileURLToPath } from 'node:url';
import ts from 'typescript';

/** One option as the source declares it. */
export interface OptionDeclaration {
  readonly name: string;
  /** As it stands in the source. */
  readonly type: string;
  readonly description: string;
  /** Of `@defaultValue`, where there is one. */
  readonly defaultValue: string | undefined;
  /** The options of a nested section. */
  readonly section: readonly OptionDeclaration[] | undefined;
}

const ROOT_INTERFACE = 'ObservabilityOptions';

/** Reads the options, nested ones too and old names not, from a TypeScript source by the compiler API. */
export function optionDeclarations(file: string): OptionDeclaration[] {
  const program = ts.createProgram([file], {
    target: ts.ScriptTarget.ES2022,
    module: ts.ModuleKind.NodeNext,
    moduleResolution: ts.ModuleResolutionKind.NodeNext,
    strict: true,
    types: [],
  });
  const source = program.getSourceFile(file);
  const root = source?.statements.find(
    (statement): statement is ts.InterfaceDeclaration =>
      ts.isInterfaceDeclaration(statement) && statement.name.text === ROOT_INTERFACE,
  );
  if (root === undefined) throw new Error(`${file} declares no interface ${ROOT_INTERFACE}`);
  return declarationsOf(root, program.getTypeChecker());
}

function declarationsOf(owner: ts.InterfaceDeclaration, checker: ts.TypeChecker): OptionDeclaration[] {
  return owner.members.filter(ts.isPropertySignature).flatMap((member) => {
    if (ts.getJSDocDeprecatedTag(member)) return []; // an old name
    const symbol = checker.getSymbolAtLocation(member.name);
    if (symbol === undefined || member.type === undefined) {
      throw new Error(`${member.getText()} has no symbol or no type`);
    }
    const nested = sectionOf(member.type, checker);
    const defaults = symbol.getJsDocTags(checker).find((tag) => tag.name === 'defaultValue');
    return {
      name: symbol.name,
      type: member.type.getText(),
      description: ts.displayPartsToString(symbol.getDocumentationComment(checker)),
      defaultValue: defaults && ts.displayPartsToString(defaults.text),
      section: nested && declarationsOf(nested, checker),
    };
  });
}

/** The interface of our own that a type names, alone or beside `false`. */
function sectionOf(type: ts.TypeNode, checker: ts.TypeChecker): ts.InterfaceDeclaration | undefined {
  const parts = ts.isUnionTypeNode(type) ? type.types : [type];
  for (const part of parts) {
    if (!ts.isTypeReferenceNode(part)) continue;
    let symbol = checker.getSymbolAtLocation(part.typeName);
    if (symbol && symbol.flags & ts.SymbolFlags.Alias) symbol = checker.getAliasedSymbol(symbol);
    const declaration = symbol?.declarations?.find(ts.isInterfaceDeclaration);
    if (declaration && isOurs(declaration)) return declaration;
  }
  return undefined;
}

const SOURCES = fileURLToPath(new URL('../../src/', import.meta.url));

function isOurs(declaration: ts.Declaration): boolean {
  return declaration.getSourceFile().fileName.startsWith(SOURCES.replaceAll('\\', '/'));
}
