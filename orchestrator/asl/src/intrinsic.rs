//! The intrinsic functions (`States.Format` and the like): calls, parsed once, evaluated against a scope.
