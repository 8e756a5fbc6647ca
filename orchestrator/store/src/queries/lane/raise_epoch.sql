-- Raises a lane's epoch: waits for its commit in flight, and one that has not begun comes back empty. No row: the fence was killed.
-- $1 node, $2 lane, $3 new epoch, higher than any that this lane has asked for: a late answer to an earlier ask changes nothing
update fence set epoch = $3 where node = $1 and lane = $2 and epoch < $3 returning epoch
