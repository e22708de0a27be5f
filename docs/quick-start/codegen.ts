import type { CodegenConfig } from '@graphql-codegen/cli'

const config: CodegenConfig = {
  schema: '../../schema.graphql',
  documents: ['src/*.ts'],
  ignoreNoDocuments: false,
  generates: {
    'src/generated/': {
      preset: 'client',
      presetConfig: { fragmentMasking: false },
      config: {
        documentMode: 'string',
        enumsAsTypes: true,
        useTypeImports: true,
        strictScalars: true,
        defaultScalarType: 'unknown',
        emitLegacyCommonJSImports: false,
        scalars: {
          CssSelector: 'string',
          Date: 'string',
          DateTime: 'string',
          EmailAddress: 'string',
          HexColor: 'string',
          JSON: 'unknown',
          LucideIconKey: 'string',
          PhoneNumber: 'string',
          Url: 'string',
          ZipCode: 'string',
        },
      },
    },
  },
}

export default config
