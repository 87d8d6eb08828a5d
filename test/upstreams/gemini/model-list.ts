import type { Platform } from './gemini-request.ts';
import { modelFamilies } from './models.ts';

const methods = ['generateContent', 'countTokens', 'createCachedContent', 'batchGenerateContent'];

/** The list of models, one of each family. */
export function modelList(platform: Platform): Record<string, unknown> {
  if (platform === 'vertex') {
    const publisherModels = modelFamilies.map(({ example }) => ({
      name: `publishers/google/models/${example}`,
      versionId: 'default',
      launchStage: 'GA',
    }));
    return { publisherModels };
  }
  const models = modelFamilies.map(({ example, inputTokenLimit, outputTokenLimit, thinking }) => ({
    name: `models/${example}`,
    version: '001',
    displayName: example,
    inputTokenLimit,
    outputTokenLimit,
    supportedGenerationMethods: methods,
    thinking: thinking.by !== 'nothing',
  }));
  return { models };
}
