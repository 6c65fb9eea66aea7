// Packages that the app may have or not.

/** What `load` imports, unless a package is missing. */
export async function installed<Module>(load: () => Promise<Module>): Promise<Module | undefined> {
  try {
    return await load();
  } catch (error) {
    if ((error as { code?: unknown } | undefined)?.code === 'ERR_MODULE_NOT_FOUND') return undefined;
    throw error;
  }
}
