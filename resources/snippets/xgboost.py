# SPDX-License-Identifier: GPL-3.0-or-later
# Saves and restores an XGBoost training. Reads CHECKPOINT_DIR, CHECKPOINT_EVERY_STEPS (rounds), CHECKPOINT_KEEP_LAST and
# RESUME_FROM_CHECKPOINT (the file of one checkpoint).
import os
from pathlib import Path

import xgboost

folder = Path(os.environ["CHECKPOINT_DIR"])
every = int(os.environ.get("CHECKPOINT_EVERY_STEPS") or 10)
keep = int(os.environ.get("CHECKPOINT_KEEP_LAST") or 3)


class Checkpoints(xgboost.callback.TrainingCallback):
    def after_iteration(self, model, epoch, evals_log):
        rounds = model.num_boosted_rounds()
        if rounds % every == 0:
            folder.mkdir(parents=True, exist_ok=True)
            path = folder / f"model_{rounds}.ubj"
            half = path.with_name("half-" + path.name)
            model.save_model(half)
            os.replace(half, path)
            for old in sorted(folder.glob("model_*.ubj"), key=lambda p: int(p.stem[6:]))[:-keep] if keep else []:
                old.unlink()
        return False


def restore():
    """The newest model, else the named one, else nothing."""
    named = os.environ.get("RESUME_FROM_CHECKPOINT", "")
    paths = sorted(folder.glob("model_*.ubj"), key=lambda p: int(p.stem[6:]), reverse=True)
    if not paths and named and named != "latest":
        paths = [Path(named)]
    if not paths:
        return None
    model = xgboost.Booster()
    model.load_model(paths[0])
    return model


# before = restore()
# done = before.num_boosted_rounds() if before else 0
# xgboost.train(parameters, data, num_boost_round=total - done, xgb_model=before, callbacks=[Checkpoints()])
