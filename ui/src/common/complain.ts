import { notifications } from '@mantine/notifications';
import { ApiError } from '../api/client';

/** Says why something that was asked for was not done. */
export function complain(fault: Error) {
  notifications.show({
    color: 'red',
    title: fault.message,
    message: fault instanceof ApiError ? fault.problem.detail : '',
  });
}
