#include "postgres.h"
#include "compat.h"
#include "masks.h"
void
journey_mask_open_encrypt(JourneyMask *mask, const JourneyOptions *options)
{
}
