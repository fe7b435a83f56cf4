import Engine
import RunFiles
import Tensors

// What is wrong with a user's module is bad input also in the middle of a run.
extension ScriptModuleError: BadInput {}
extension UnfitModule: BadInput {}
